"use strict";

// Right, left, space, Page Up and Page Down (which presenters' remote controls send), Home, End; a click; a number in
// the address. Fragments of a slide appear, and explanations open, one by one.

const slides = [...document.querySelectorAll("section section")];
const EXPLANATION = ".jp-MarkdownCell details";
const steps = slides.map((slide) => [...slide.querySelectorAll(`.fragment, ${EXPLANATION}`)]);
let at = 0;
let shown = 0;

function show(slide, count) {
  at = Math.max(0, Math.min(slides.length - 1, slide));
  shown = Math.max(0, Math.min(steps[at].length, count));
  slides.forEach((each, number) => each.classList.toggle("present", number === at));
  steps[at].forEach((each, number) => take(each, number < shown));
  document.getElementById("place").textContent = `${at + 1} / ${slides.length}`;
  history.replaceState(null, "", `#${at + 1}`);
}

/** Take a step, or take it back. */
function take(step, taken) {
  if (step.matches("details")) step.open = taken;
  else step.classList.toggle("shown", taken);
}

function openExplanations() {
  for (const explanation of document.querySelectorAll(EXPLANATION)) explanation.open = true;
}

function forward() {
  if (shown < steps[at].length) show(at, shown + 1);
  else if (at < slides.length - 1) show(at + 1, 0);
}

function back() {
  if (shown > 0) show(at, shown - 1);
  else if (at > 0) show(at - 1, Infinity);
}

const KEYS = {
  ArrowRight: forward,
  " ": forward,
  PageDown: forward,
  ArrowLeft: back,
  PageUp: back,
  Home: () => show(0, 0),
  End: () => show(slides.length - 1, 0),
};

document.addEventListener("keydown", (event) => {
  const action = KEYS[event.key];
  if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  action();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("a, summary") || !getSelection().isCollapsed) return;
  if (event.clientX < innerWidth / 3) back();
  else forward();
});

/** Make the slide as large as the window lets it be. */
function fit() {
  const scale = Math.min(innerWidth / 1280, innerHeight / 720);
  document.querySelector("main").style.transform = `scale(${scale}) translate(-50%, -50%)`;
}

addEventListener("resize", fit);
addEventListener("beforeprint", openExplanations);
addEventListener("afterprint", () => show(at, shown));
addEventListener("hashchange", () => show(parseInt(location.hash.slice(1), 10) - 1 || 0, 0));

// What does not fit on a slide, with its explanations, is drawn smaller. A test sees to it that it stays readable.
openExplanations();
for (const slide of slides) {
  const content = document.createRange();
  content.selectNodeContents(slide);
  const height = content.getBoundingClientRect().bottom - slide.getBoundingClientRect().top + 36;
  if (height > 720) slide.style.zoom = 720 / height;
}

fit();
show(parseInt(location.hash.slice(1), 10) - 1 || 0, 0);
