package browsertest

import (
	"fmt"
	"os"
	"os/exec"

	"github.com/chromedp/chromedp"
)

// FindChromium returns the path of a Chromium or Chrome: $CHROME, else the first of the usual names on PATH.
func FindChromium() (string, error) {
	if path := os.Getenv("CHROME"); path != "" {
		found, err := exec.LookPath(path)
		if err != nil {
			return "", fmt.Errorf("CHROME=%s: %w", path, err)
		}
		return found, nil
	}
	for _, name := range []string{
		"chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
	} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no Chromium for the browser tests: install one (apt install chromium), or set CHROME to its path")
}

// flags start a browser that shows no window, asks the network for nothing of its own, and works as root in a container.
func flags(path string) []chromedp.ExecAllocatorOption {
	opts := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.Headless,
		chromedp.NoSandbox,
		chromedp.NoFirstRun,
		chromedp.NoDefaultBrowserCheck,
		chromedp.DisableGPU,
		chromedp.WindowSize(1300, 1000),
	}
	for _, f := range []string{
		"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-extensions",
		"disable-default-apps", "disable-dev-shm-usage", "disable-breakpad", "metrics-recording-only", "mute-audio",
		"disable-background-timer-throttling", "disable-backgrounding-occluded-windows", "disable-renderer-backgrounding",
		"disable-client-side-phishing-detection", "disable-popup-blocking", "disable-prompt-on-repost",
	} {
		opts = append(opts, chromedp.Flag(f, true))
	}
	return append(opts,
		chromedp.Flag("password-store", "basic"),
		chromedp.Flag("use-mock-keychain", true),
		chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider"))
}
