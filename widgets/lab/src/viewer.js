// The renderer of one output: the snapshot, covered by a live view while the kernel that made it answers.
import { FigureView, firstFigure } from './figure.js';
import { Feed, LOST_MS } from './feed.js';
import { element, Foot } from './foot.js';
import * as ghost from './ghost.js';
import { MIME, newId } from './names.js';
import { Place } from './place.js';
import { firstTable } from './question.js';
import { showSnapshot } from './snapshot.js';
import { TableView } from './table.js';

/**
 * makeViewer returns the renderer's class for a panel. Its instances are in one of these states:
 *
 *     snapshot  what the file holds, with a note that says why it isn't live; "" while that is being found out
 *     live      view is there, box covers the snapshot; when the connection breaks, the last frame stays, with a note
 *
 * A viewer introduces itself to each comm once, when somebody may see it: it asks "open", and in the same breath for its next frame, so that one round
 * trip makes it live, whether it is there when the comm opens, made or scrolled into sight later, or woken.
 *
 * @param {any} lumino @lumino/widgets
 * @param {any} rendermime the notebook's
 * @param {import('./panel.js').Panel} panel
 * @param {Record<'table'|'figure', ViewMaker>} [views] by kind
 */
export function makeViewer(lumino, rendermime, panel, views = { table: TableView, figure: FigureView }) {
  return class Viewer extends lumino.Panel {
    constructor() {
      super();
      this.addClass('tickbook-view');
      this.key = newId();
      /** @type {Claim|null} */
      this.claim = null;
      /** @type {MimeModel|null} */
      this.model = null;
      this.isLive = false; // a frame was shown
      this.isInSight = false;
      /** @type {View|null} */
      this.view = null;
      /** @type {Feed|null} */
      this.feed = null;
      /** @type {Place|null} */
      this.place = null;
      /** @type {import('./link.js').Link|null} */
      this.link = null;
      this.epoch = 0; // of the comm that this viewer introduced itself to; 0 if that one has ended, or this viewer has
      this.isOut = false; // the kernel does not have the view: nobody opens a comm for it
      this.isCalling = false; // "open" was asked only to hear whether the kernel knows the comm
      /** @type {ReturnType<typeof setTimeout>|undefined} asks again when "open" had no answer */
      this.opening = undefined;
      this.stop = () => {};
      /** @type {import('./ghost.js').Spot|null} where the live view stood last */
      this.spot = null;
      /** @type {HTMLElement|null} what stands in the snapshot's place until the view is live */
      this.ghost = null;
      this.saved = new lumino.Panel();
      this.saved.addClass('tickbook-saved');
      this.box = new lumino.Widget({ node: element('div', 'tickbook-live') });
      this.foot = new Foot();
      this.below = new lumino.Widget({ node: this.foot.node });
      for (const w of [this.saved, this.box, this.below]) this.addWidget(w);
      this.box.node.hidden = true;
      panel.viewers.add(this);
      this.sight = new IntersectionObserver((entries) => {
        this.isInSight = entries[entries.length - 1].isIntersecting;
        this.wake();
      });
      this.sight.observe(this.node);
      this.onVisible = () => this.wake();
      document.addEventListener('visibilitychange', this.onVisible);
    }

    /**
     * renderModel shows an output. JupyterLab calls it again for the same one: at each refresh by display id, and when
     * a save writes our own snapshot.
     * @param {MimeModel} model
     */
    async renderModel(model) {
      /** @type {Claim} */
      const claim = model.data[MIME];
      const isSame = this.claim?.view === claim.view && this.claim.session === claim.session;
      this.model = model;
      this.claim = claim;
      this.isOut = false;
      if (isSame && this.isLive) return;
      if (!isSame) this.end();
      const saved = this.showSaved();
      this.connect(); // meanwhile
      await saved;
    }

    /** showSaved draws the newest snapshot that there is. */
    async showSaved() {
      if (!this.model || !this.claim) return;
      const data = { ...this.model.data, ...panel.snapshot(this.claim) };
      await showSnapshot(lumino, rendermime, this.saved, data, this.model);
    }

    /** @param {string} text */
    note(text) {
      if (text) this.lay();
      this.foot.show('quiet', '', text);
    }

    /** connect brings the view into the state that the link allows. It is called whenever that changed. */
    connect() {
      if (this.isDisposed || !this.claim) return;
      const { link } = panel;
      if (!link) {
        this.end();
        this.note('not connected: last state');
        return;
      }
      if (link !== this.link) {
        this.stop();
        this.link = link;
        this.epoch = 0;
        this.isOut = false;
        this.stop = link.listen(this.key, (m, buffers) => this.receive(m, buffers));
      }
      if (link.state === 'open' && link.session !== this.claim.session) {
        this.leave('made by an earlier kernel: last state');
        return;
      }
      if (link.state === 'refused') {
        this.leave('made by another kernel: last state');
        return;
      }
      if (link.state === 'waiting') {
        this.isOut = false; // it may be another kernel that comes
        this.note('not connected: last state');
      } else if (link.state === 'opening' && !this.isLive) {
        this.note('');
      }
      if (link.state === 'waiting' || link.state === 'dropped') this.epoch = 0;
      this.expect();
      this.wake();
    }

    /**
     * introduce asks for the view, and for its next frame: right behind comm_open, if the link may, or when the comm is open. What is asked on a comm that
     * has ended opens another, to which all introduce themselves.
     */
    introduce() {
      const { link, claim } = this;
      if (!link || !claim || this.epoch === link.epoch || !this.isSeen()) return;
      if (link.state === 'open' ? link.session !== claim.session : this.isOut) return;
      const first = !this.isLive && this.first(claim); // takes its time, and the two questions go out one behind the other
      if (!this.ask({ t: 'open' })) return;
      if (first) {
        this.end(); // a view without a frame begins anew
        this.ask({ t: 'frame', seq: 1, since: -1, ...first }); // which its feed will adopt
      }
      this.epoch = link.epoch;
      this.isOut = this.isCalling = false;
      const { feed } = this;
      if (feed && (!feed.isPaused || feed.isDue)) feed.refresh();
      this.expect();
    }

    /** expect introduces this viewer again if there is no answer. */
    expect() {
      const { link } = this;
      clearTimeout(this.opening);
      if (this.view || this.isOut || link?.state !== 'open' || this.epoch !== link.epoch) return;
      this.opening = setTimeout(() => {
        this.epoch = 0;
        this.wake();
      }, LOST_MS);
    }

    /** first is the first question's part that depends on the kind. @param {Claim} claim */
    first(claim) {
      const keeper = this.keeper();
      const kept = keeper.read();
      keeper.dispose();
      return claim.kind === 'figure' ? firstFigure(kept, this.box.node) : firstTable(kept);
    }

    /** keeper keeps the user's place in the output. */
    keeper() {
      return new Place(panel.place(/** @type {MimeModel} */ (this.model)), storage('sessionStorage'), storage('localStorage'));
    }

    /** @param {object} question */
    ask(question) {
      const { link } = this;
      const m = { view: this.claim?.view, viewer: this.key, ...question };
      return !!link && (link.state === 'opening' ? link.greet(m) : link.ask(m));
    }

    /**
     * @param {Answer} m
     * @param {Buffer[]} buffers
     */
    async receive(m, buffers) {
      if (m.view !== this.claim?.view || this.epoch !== this.link?.epoch || this.isOut) return;
      if (m.t === 'gone') {
        const { epoch } = this;
        this.leave('no longer in the kernel: last state');
        this.epoch = epoch; // asks no more on this comm
      } else if (m.t === 'schema') {
        this.isCalling = false;
        if (!this.view) this.begin(m);
        this.wake();
      } else if (m.t === 'frame') {
        await this.draw(m, buffers);
      } else if (m.t === 'error' && m.seq === 1 && this.feed && !this.isLive) {
        this.feed.refresh(); // the first question was made without the schema, and may name a column of another run
      } else {
        this.view?.message(m);
      }
    }

    /** begin makes the view, laid out and unseen until its first frame. @param {Answer} schema */
    begin(schema) {
      this.box.node.hidden = false;
      this.box.node.classList.add('tickbook-unseen');
      this.place = this.keeper();
      const View = schema.kind === 'figure' ? views.figure : views.table;
      /** @type {Feed|undefined} */
      let feed;
      let isHeld = false; // a view may say so while it is being made
      const host = {
        refresh: (other = false) => feed?.refresh(other),
        hold: (/** @type {boolean} */ paused) => {
          isHeld = paused;
          feed?.hold(paused);
        },
        ask: (/** @type {object} */ question) => this.ask(question),
        say: (/** @type {string} */ text) => this.foot.say(text),
        foot: this.foot,
        place: this.place,
      };
      const view = (this.view = new View(this.box.node, /** @type {any} */ (schema), host));
      feed = this.feed = new Feed({ ask: (q) => this.ask(q), query: () => view.query(), pause: view.pause, lost: () => this.call() });
      clearTimeout(this.opening);
      if (isHeld) feed.hold(true);
      else feed.adopt();
    }

    /**
     * call follows a question without an answer. A table may be still, so it asks what is answered at once; when even that
     * was not, the kernel has forgotten the comm.
     */
    call() {
      if (this.isCalling) {
        this.isCalling = false;
        this.link?.again(this.epoch);
      } else {
        this.isCalling = this.ask({ t: 'open' });
      }
    }

    /**
     * @param {Answer} m
     * @param {Buffer[]} buffers
     */
    async draw(m, buffers) {
      const { view, feed } = this;
      const fits = view && feed ? feed.answered(/** @type {any} */ (m)) : 'no';
      if (!view || !feed || fits === 'no') return;
      try {
        await view.frame(m, buffers);
      } catch (e) {
        this.foot.say(`a frame could not be shown: ${e instanceof Error ? e.message : e}`);
      }
      if (this.view !== view) return; // ended meanwhile
      if (!this.isLive) {
        this.isLive = true;
        performance.mark('tickbook:live');
        this.box.node.classList.remove('tickbook-unseen');
        this.saved.hide();
        this.lay();
        view.restore();
      }
      if (fits === 'newest') feed.painted();
    }

    /** wake lets the view ask while somebody may see it. It is called whenever that, or the comm, changed. */
    wake() {
      const was = this.seen();
      this.introduce();
      this.feed?.wake(this.epoch > 0 && this.epoch === this.link?.epoch && this.isSeen());
      if (was && !this.seen()) panel.left(was);
    }

    /** isSeen reports whether somebody may see the output. */
    isSeen() {
      return this.isInSight && this.isAttached && !document.hidden && !panel.isFrozen;
    }

    /** seen is the view that somebody may see here; null if nobody does. @returns {Claim|null} */
    seen() {
      return this.isLive && this.feed?.isAwake ? this.claim : null;
    }

    /** leave goes back to the snapshot, because the kernel does not have the view. @param {string} why */
    leave(why) {
      this.end();
      this.isOut = true;
      this.note(why);
    }

    /** end goes back to the snapshot. */
    end() {
      clearTimeout(this.opening);
      this.feed?.stop();
      this.place?.dispose();
      this.view?.dispose();
      this.feed = this.view = this.place = null;
      this.epoch = 0;
      this.foot.clear();
      const wasLive = this.isLive;
      this.isLive = false;
      if (!wasLive) {
        this.box.node.hidden = true;
        return;
      }
      void this.showSaved().then(() => {
        if (this.isDisposed || this.isLive || this.ghost) return;
        this.box.node.hidden = !this.view;
        this.saved.show();
      });
    }

    /** lay takes the ghost away. */
    lay() {
      if (!this.ghost) return;
      this.ghost.remove();
      this.ghost = null;
      this.below.show();
      if (!this.isLive) this.saved.show();
    }

    /** shown is the node of the live view, or of the last one where this one is not live yet; null if it is the snapshot that shows. */
    shown() {
      if (this.isLive && this.view) return this.view.node;
      return /** @type {HTMLElement|null} */ (this.ghost?.firstElementChild ?? null);
    }

    /** @param {any} msg */
    onBeforeDetach(msg) {
      const node = this.shown();
      this.spot = node && ghost.spot(this.node, node);
      super.onBeforeDetach(msg);
    }

    /** @param {any} msg */
    onAfterAttach(msg) {
      super.onAfterAttach(msg);
      if (!this.isLive && !this.ghost) {
        this.ghost = ghost.take(this.node);
        if (this.ghost) {
          this.saved.hide();
          this.below.hide();
          setTimeout(() => this.lay(), LOST_MS);
        }
      }
      this.view?.restore();
      this.wake();
    }

    /** @param {any} msg */
    onAfterDetach(msg) {
      super.onAfterDetach(msg);
      this.wake();
    }

    dispose() {
      if (this.isDisposed) return;
      panel.viewers.delete(this);
      this.stop();
      this.sight.disconnect();
      document.removeEventListener('visibilitychange', this.onVisible);
      const { spot } = this;
      const node = this.shown();
      const foot = this.ghost?.lastElementChild ?? this.foot.node.cloneNode(true);
      this.isLive = false;
      this.end();
      if (spot && node) ghost.leave(spot, node, foot);
      super.dispose();
    }
  };
}

/** storage is the tab's or the browser's; undefined where the browser forbids it. @param {'sessionStorage'|'localStorage'} which */
function storage(which) {
  try {
    return window[which];
  } catch {
    return undefined;
  }
}
