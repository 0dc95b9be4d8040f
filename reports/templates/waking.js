// Runs in the head. What lies below the grid is laid out after the page has answered, or when something fails.
const showBelow = () => document.documentElement.classList.remove("waking");
document.documentElement.classList.add("waking");
["error", "unhandledrejection"].forEach((fault) => window.addEventListener(fault, showBelow));
