// Shows /openapi.json. A file of its own, because the page's policy allows no script inside the page.
const system = "system-ui, -apple-system, 'Segoe UI', sans-serif";
Redoc.init(
  "/openapi.json",
  {
    theme: {
      typography: { fontFamily: system, headings: { fontFamily: system }, code: { fontFamily: "ui-monospace, monospace" } },
    },
  },
  document.getElementById("api"),
);
