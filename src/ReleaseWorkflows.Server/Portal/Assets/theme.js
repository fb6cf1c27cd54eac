// Light or dark, before the first paint: what the reader chose here, else what the system says. portal.js lets the reader choose.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try { return localStorage.getItem("theme"); } catch { return null; }
  };
  const apply = () => {
    const theme = chosen();
    document.documentElement.dataset.bsTheme = theme === "light" || theme === "dark" ? theme : system.matches ? "dark" : "light";
  };
  system.addEventListener("change", apply);
  addEventListener("storage", apply);
  addEventListener("theme", apply);
  apply();
})();
