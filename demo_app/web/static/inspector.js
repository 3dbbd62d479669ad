"use strict";

// The page may be below any prefix, so every address is relative. Values reach the page as textContent only.

function show(id, text) {
  document.getElementById(id).textContent = text;
}

/** What `document.cookie` gives, only the session cookie with its value: Jupyter's cookies are readable here too. */
function visible(name) {
  const pairs = document.cookie.split("; ").filter((pair) => pair);
  return pairs.map((pair) => (pair.startsWith(name + "=") ? pair : pair.split("=")[0] + "=…")).join("; ");
}

/** Show what is the case now. The server answers this without opening the session. */
async function look() {
  const response = await fetch("api/inspect");
  const now = await response.json();
  const presented = now.cookie.split("; ").some((pair) => pair.startsWith(now.name + "="));
  show("scripts", `document.cookie: ${visible(now.name) || "(empty)"}`);
  show("sid", now.sid ?? (presented ? "none: no secret of this server signed the cookie" : "none: no cookie came"));
  show("data", now.error ?? (now.data ? JSON.stringify(now.data) : now.sid ? "none under this id" : "none"));
  show("ends", now.data ? (now.ends ?? "with the browser session") : "–");
  show("sessions", now.sessions === 1 ? "1 session" : `${now.sessions ?? "?"} sessions`);
  return now;
}

/** Send a button's request, and show both sides of it. */
async function press({ method, path, body }) {
  const headers = { "X-Inspect": "1" };
  if (body) headers["Content-Type"] = "application/json";
  const response = await fetch(path, { method, headers, body });
  const { cookie, set_cookie: lines } = JSON.parse(response.headers.get("X-Inspect"));
  const said = (await response.text()).trim();
  const now = await look();
  show("result", `${method} /${path}: ${response.status} ${said}`);
  show("sent", `Cookie: ${cookie || "(none)"}`);
  show("answered", lines.map((line) => `Set-Cookie: ${line}`).join("\n") || "(no Set-Cookie)");
  const kept = now.cookie.split("; ");
  document.getElementById("refused").hidden = lines.every((line) => kept.includes(line.split(";")[0]));
}

function fail() {
  show("result", "The server does not answer.");
}

let turn = Promise.resolve();
let waiting = 0;

/** Do one thing after the other, in the order of the presses. Until the last is done, the page is busy. */
function queue(work) {
  const busy = (change) => document.body.setAttribute("aria-busy", (waiting += change) > 0);
  busy(+1);
  turn = turn.then(work).catch(fail).finally(() => busy(-1));
}

queue(async () => {
  const now = await look();
  show("sent", `Cookie: ${now.cookie || "(none)"}`);
  show("answered", "(no Set-Cookie)");
});

for (const button of document.querySelectorAll("button")) {
  button.addEventListener("click", () => queue(() => press(button.dataset)));
}
