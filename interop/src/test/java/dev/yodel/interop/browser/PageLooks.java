package dev.yodel.interop.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.List;

/** What a page is like for those who see little contrast, have it read to them, or hold a telephone. */
public final class PageLooks {
    /**
     * What is too faint: text below 4.5 to 1, or 3 to 1 if it is large, and edges of controls below 3 to 1 (WCAG 2.2,
     * 1.4.3 and 1.4.11). Pictures are no background: what stands on them brings its own.
     */
    private static final String FAINT =
            """
            (() => {
              const parse = (text) => {
                const [r, g, b, a = 1] = text.match(/[\\d.]+%?/g).map((one) => one.endsWith('%') ? parseFloat(one) / 100 : +one);
                return { r, g, b, a };
              };
              const over = (top, below) => ({
                r: top.r * top.a + below.r * (1 - top.a),
                g: top.g * top.a + below.g * (1 - top.a),
                b: top.b * top.a + below.b * (1 - top.a),
                a: 1,
              });
              const background = (element) => {
                const layers = [];
                for (let one = element; one; one = one.parentElement) {
                  layers.push(parse(getComputedStyle(one).backgroundColor));
                }
                return layers.reverse().reduce((below, top) => over(top, below), parse(getComputedStyle(document.body).backgroundColor));
              };
              const light = ({ r, g, b }) => {
                const part = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
                return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
              };
              const ratio = (one, other) => {
                const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
                return (high + 0.05) / (low + 0.05);
              };
              const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
              const faint = [];
              let looked = 0;
              const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const element = node.parentElement;
                if (!node.data.trim() || !shown(element) || element.closest('script') || element.tagName === 'OPTION') {
                  continue;
                }
                looked++;
                const style = getComputedStyle(element);
                const size = parseFloat(style.fontSize);
                const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
                const behind = background(element);
                const found = ratio(over(parse(style.color), behind), behind);
                if (found < (large ? 3 : 4.5)) {
                  faint.push(`text ${node.data.trim()}: ${found.toFixed(2)}`);
                }
              }
              for (const control of document.querySelectorAll('input, select, button')) {
                if (shown(control)) {
                  looked++;
                  const behind = background(control.parentElement);
                  const edge = ratio(over(parse(getComputedStyle(control).borderTopColor), behind), behind);
                  const face = ratio(background(control), behind);
                  if (Math.max(edge, face) < 3) {
                    faint.push(`edge of ${control.id}: ${edge.toFixed(2)}`);
                  }
                }
              }
              return looked < 5 ? ['nothing was looked at'] : faint;
            })()""";

    private final Chromium page;

    /**
     * Looks at a page.
     *
     * @param page open, with what is to be looked at
     */
    public PageLooks(Chromium page) {
        this.page = page;
    }

    private List<String> texts(String expression) {
        final List<String> texts = new ArrayList<>();
        for (JsonElement one : page.evaluate(expression).getAsJsonArray()) {
            texts.add(one.getAsString());
        }
        return texts;
    }

    /** In light and dark. */
    public void assertReadable() {
        for (boolean dark : new boolean[] {false, true}) {
            page.prefersDark(dark);
            assertThat(texts(FAINT)).as(dark ? "dark" : "light").isEmpty();
        }
        page.prefersDark(false);
    }

    /** Whatever can be used says what it is; the page says its language and title, and has one heading in sight. */
    public void assertNamed() {
        assertThat(texts(
                        "[...document.querySelectorAll('input, select, button, canvas')].filter((one) => one.checkVisibility())"
                                + ".filter((one) => !(one.ariaLabel || one.textContent.trim() && one.tagName === 'BUTTON'"
                                + " || one.labels?.[0]?.textContent.trim())).map((one) => one.outerHTML)"))
                .as("controls without a name")
                .isEmpty();
        assertThat(texts("[...document.querySelectorAll('h1')].filter((one) => one.checkVisibility()).map((one) =>"
                        + " one.textContent)"))
                .hasSize(1);
        assertThat(page.evaluate("document.documentElement.lang + document.title")
                        .getAsString())
                .startsWith("en");
    }

    /**
     * 390 pixels wide: nothing sticks out, and every button takes a thumb.
     *
     * @param whole whether all of it must be in sight at once, without scrolling
     */
    public void assertFitsATelephone(boolean whole) {
        page.screenshot(390, 844);
        assertThat(page.evaluate("document.documentElement.scrollWidth").getAsInt())
                .as("width of %s", page.evaluate("document.title"))
                .isLessThanOrEqualTo(390);
        assertThat(texts("[...document.querySelectorAll('button, input')].filter((one) => one.checkVisibility())"
                        + ".filter((one) => { const box = one.getBoundingClientRect();"
                        + " return box.height < 44 || box.width < 44 || box.left < 0 || box.right > 390"
                        + (whole ? " || box.bottom > 844" : "") + "; }).map((one) => one.outerHTML)"))
                .isEmpty();
    }

    /** Bit rate, loss and round trip are drawn, and said in words. */
    public void awaitGraphs() {
        Polling.until(
                "graphs, " + page.console(),
                30,
                () -> page.evaluate(
                                        """
                                        (() => {
                                          const all = [...document.querySelectorAll('.graph canvas')].filter((one) => one.checkVisibility());
                                          const said = all.map((one) => one.ariaLabel ?? '');
                                          const drawn = all.every((one) =>
                                            one.getContext('2d').getImageData(0, 0, one.width, one.height).data.some((value) => value > 0));
                                          return drawn && /^Bit rate: .*: (\\d+ \\/ [1-9]\\d*|[1-9]\\d* \\/ \\d+) kbit\\/s$/.test(said[0])
                                            && /^Lost: .*: \\d+\\.\\d \\/ \\d+\\.\\d %$/.test(said[1])
                                            && /^Round trip: \\d+ ms$/.test(said[2]);
                                        })()""")
                                .getAsBoolean()
                        ? true
                        : null);
    }
}
