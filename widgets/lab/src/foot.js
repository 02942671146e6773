// The line below a view: a mark that says at a glance how it does, facts, a remark, and buttons.

/** @typedef {'live'|'still'|'warn'|'bad'|'quiet'} Mood */

export class Foot {
  constructor() {
    this.node = element('div', 'tickbook-foot');
    this.badge = element('span', 'tickbook-badge');
    this.facts = element('span', 'tickbook-facts');
    this.remark = element('span', 'tickbook-remark');
    this.tools = element('span', 'tickbook-tools');
    const said = element('div', 'tickbook-said'); // one run of text, so that long facts wrap under the badge, beside the buttons
    said.append(this.badge, this.facts, this.remark);
    this.node.append(said, this.tools);
  }

  /**
   * @param {Mood} mood
   * @param {string} badge
   * @param {string} facts
   */
  show(mood, badge, facts) {
    if (this.node.dataset.mood !== mood) this.node.dataset.mood = mood;
    put(this.badge, badge);
    put(this.facts, facts);
  }

  /** @param {string} text */
  say(text) {
    put(this.remark, text);
  }

  /**
   * button adds a button; the returned function shows it pressed or not.
   * @param {string} text
   * @param {string} title
   * @param {() => void} press
   */
  button(text, title, press) {
    const b = /** @type {HTMLButtonElement} */ (element('button', 'tickbook-button'));
    b.type = 'button';
    b.textContent = text;
    b.title = title;
    b.dataset.lmSuppressShortcuts = 'true';
    b.addEventListener('click', press);
    this.tools.append(b);
    return {
      node: b,
      press: (/** @type {boolean} */ on) => b.setAttribute('aria-pressed', String(on)),
      text: (/** @type {string} */ t) => put(b, t),
    };
  }

  /** clear takes the buttons and the remark away. */
  clear() {
    this.tools.replaceChildren();
    this.say('');
  }
}

/** put changes a text if it is another. @param {Element} e @param {string} text */
export function put(e, text) {
  if (e.textContent !== text) e.textContent = text;
}

/** element makes an element with a class. @param {string} tag @param {string} name */
export function element(tag, name) {
  const e = document.createElement(tag);
  e.className = name;
  return e;
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** count says how many: "1 row", "1,234 rows". @param {number} n @param {string} what */
export function count(n, what) {
  return `${whole.format(n)} ${what}${n === 1 ? '' : 's'}`;
}

/** pace says how many a second: "1,234 rows/s"; '' for none. @param {number|undefined} n */
export function pace(n) {
  if (!n || n < 0.05) return '';
  return `${n < 10 ? n.toFixed(1) : whole.format(n)} rows/s`;
}
