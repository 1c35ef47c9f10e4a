// What a page is asked once axe is in it: each gives a list of what is wrong, as text.
(() => {
  const shown = (each) => each.checkVisibility({ visibilityProperty: true });
  const brief = (each) => each.outerHTML.slice(0, 120);
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

  window.checks = {
    accessible: async () => {
      const found = await axe.run(document, { resultTypes: ["violations"], runOnly: { type: "tag", values: tags } });
      return found.violations.map(({ id, help, nodes }) =>
        `${id}: ${help}: ${nodes.slice(0, 3).map((node) => `${node.html} (${node.failureSummary})`).join(" | ")}`);
    },
    // Links inside a sentence may be as high as the sentence (WCAG 2.5.8); a box within its label is as large as the label.
    large: () => all("button, input:not([type=hidden]), select, summary, [role=button], nav a")
      .filter((each) => !each.closest("label"))
      .filter((each) => { const { width, height } = each.getBoundingClientRect(); return width < 24 || height < 24; }).map(brief),
    narrow: () => document.documentElement.scrollWidth <= innerWidth ? []
      : all("body *").filter((each) => each.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map(brief),
    // Of radio buttons that belong together, the Tab key reaches one: the chosen one, else the first.
    stops: () => all("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")
      .filter((each) => !document.querySelector("dialog:modal") || each.closest("dialog:modal"))
    .filter((each) => !each.disabled && each.tabIndex >= 0)
      .filter((each, _, others) => {
        if (each.type !== "radio") return true;
        const group = others.filter((other) => other.type === "radio" && other.name === each.name);
        return each === (group.find((other) => other.checked) ?? group[0]);
      })
      .map((each, index) => { each.dataset.stop = String(index); return brief(each); }),
    focused: () => {
      const each = document.activeElement, { outlineStyle, boxShadow } = getComputedStyle(each);
      return { stop: each.dataset.stop ?? null, seen: outlineStyle !== "none" || boxShadow !== "none", html: brief(each) };
    },
  };
})();
