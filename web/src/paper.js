// A page for paper is there to be printed: the browser asks at once, and again by the button.
document.querySelector("[data-print]").addEventListener("click", () => print());
if (document.readyState === "complete") print();
else addEventListener("load", () => print());
