// What no markup can do: say of each answer whether it is safe, try again when a save fails, and ask before text is
// left behind. The pages work without this file. It must stay ES2015.
(function () {
  "use strict";

  // Only a script can open the printer's window, so only a script makes the button.
  Array.prototype.forEach.call(document.querySelectorAll("[data-print]"), function (place) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "secondary";
    button.textContent = place.getAttribute("data-print");
    button.addEventListener("click", function () { window.print(); });
    place.appendChild(button);
  });

  // What was refused is heard and seen first, also where the browser knows autofocus of fields only.
  var refusal = document.querySelector(".box[autofocus]");
  if (refusal) {
    refusal.focus();
    refusal.scrollIntoView();  // whole, where focus alone brings its edge into a small window
  }

  var form = document.getElementById("lomake");
  if (!form) { return; }

  // Per question, by id: how often it was typed into, up to where that is saved, and how often a save failed in a row.
  var answers = new Map();
  // What each running request carries: the questions, and how far they were typed when it left.
  var carried = new WeakMap();
  var leavingBySubmit = false;

  function answerOf(question) {
    if (!answers.has(question.id)) { answers.set(question.id, { typed: 0, saved: 0, failures: 0, timer: 0 }); }
    return answers.get(question.id);
  }

  function questionOf(node) { return node.closest ? node.closest(".question[hx-post]") : null; }

  function isUnsaved(question) { return answerOf(question).typed > answerOf(question).saved; }

  function unsavedQuestions() {
    return Array.prototype.filter.call(form.querySelectorAll(".question[hx-post]"), isUnsaved);
  }

  function show(question, state) {
    question.setAttribute("data-save", state);
    question.querySelector(".save-state").textContent = form.getAttribute("data-" + state) || "";
  }

  function tryAgain(question) {
    clearTimeout(answerOf(question).timer);
    if (document.contains(question) && isUnsaved(question)) { window.htmx.trigger(question, "uudelleen"); }
  }

  function failed(question) {
    var answer = answerOf(question);
    answer.failures += 1;
    show(question, "failed");
    clearTimeout(answer.timer);
    answer.timer = setTimeout(tryAgain, Math.min(60, Math.pow(2, answer.failures)) * 1000, question);
  }

  function sayNotSaved() {
    var notice = document.getElementById("ilmoitus");
    // It is said once, however often a save is tried again.
    if (notice.textContent.trim() === form.getAttribute("data-not-saved")) { return; }
    var words = document.createElement("strong");
    words.textContent = form.getAttribute("data-not-saved");
    notice.textContent = "";
    notice.appendChild(words);
  }

  ["input", "change"].forEach(function (name) {
    form.addEventListener(name, function (event) {
      var question = questionOf(event.target);
      if (!question || !event.target.name || event.target.type === "search") { return; }
      // A change follows the last input of a field; it is news only where there was none (boxes, lists).
      if (name === "change" && event.target.matches("input[type=text], textarea")) { return; }
      answerOf(question).typed += 1;
      show(question, "typing");
    }, true);  // before htmx, which sends at once what a box or a list says
  });

  // Texts that came back unsaved with the page.
  Array.prototype.forEach.call(form.querySelectorAll("[data-unsaved]"), function (question) {
    answerOf(question).typed = 1;
    show(question, question.querySelector(".clash") ? "clash" : "typing");
  });

  // Which post of this page it is: one that is overtaken on its way must not win.
  var posts = 0;
  document.addEventListener("htmx:configRequest", function (event) {
    if (event.detail.verb === "post") { event.detail.parameters.laskuri = String(posts += 1); }
  });

  document.addEventListener("htmx:beforeSend", function (event) {
    var parameters = event.detail.requestConfig.parameters;
    var noted = [];
    Array.prototype.forEach.call(form.querySelectorAll(".question[hx-post]"), function (question) {
      if (parameters[question.id + ".rev"] === undefined) { return; }
      noted.push({ question: question, typed: answerOf(question).typed });
      if (isUnsaved(question)) { show(question, "saving"); }
    });
    carried.set(event.detail.xhr, noted);
  });

  // News is heard once: the same words again are none.
  document.addEventListener("htmx:oobBeforeSwap", function (event) {
    var place = event.detail.target;
    if (place.getAttribute("role") !== "status") { return; }
    if (place.textContent.trim() === event.detail.fragment.textContent.trim()) { event.detail.shouldSwap = false; }
  });

  // Only saves bring parts of ours with an error; any other error page has no place in the form.
  document.addEventListener("htmx:beforeSwap", function (event) {
    var status = event.detail.xhr.status;
    var isSave = event.detail.elt.classList && event.detail.elt.classList.contains("question");
    if (status >= 400 && status !== 409 && !isSave) { event.detail.shouldSwap = false; }
  });

  document.addEventListener("htmx:afterRequest", function (event) {
    var xhr = event.detail.xhr;
    var noted = carried.get(xhr) || [];
    noted.forEach(function (note) {
      var answer = answerOf(note.question);
      if (xhr.status === 200 || xhr.status === 409) {
        answer.failures = 0;
        clearTimeout(answer.timer);
        if (note.question.querySelector(".clash")) { show(note.question, "clash"); return; }
        answer.saved = Math.max(answer.saved, note.typed);
        show(note.question, isUnsaved(note.question) ? "typing" : "saved");
        // What was sent is kept, or refused in words: the field is for another file.
        var file = note.question.querySelector("input[type=file]");
        if (file && !isUnsaved(note.question)) { file.value = ""; }
      } else if (isUnsaved(note.question)) {
        answer.isUnreachable = xhr.status === 0 || xhr.status >= 500;
        failed(note.question);
      }
    });
    // Our own error pages bring their own words; a proxy's, and no answer at all, do not.
    var isOurs = xhr.responseText && xhr.responseText.indexOf("#ilmoitus") >= 0;
    if (!noted.length && xhr.status === 0 && event.detail.elt.name === "lisaa") { sayNotSaved(); }
    if (noted.length && xhr.status !== 200 && xhr.status !== 409 && !isOurs) { sayNotSaved(); }
  });

  window.addEventListener("online", function () { unsavedQuestions().forEach(tryAgain); });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") { unsavedQuestions().forEach(tryAgain); }
  });

  // Pressing a button or a box leaves a field, which saves it; the answer may move what is pressed, or bring it anew,
  // before it is let go, and then the browser sees no click. Whoever lets go where they pressed has pressed.
  var PRESSED = "#lomake button, #lomake label, #lomake input[type=checkbox], #lomake input[type=radio]";
  var press = null;
  document.addEventListener("mousedown", function (event) {
    var pressed = event.button === 0 && event.target.closest ? event.target.closest(PRESSED) : null;
    press = pressed && { on: pressed, x: event.clientX, y: event.clientY };
  });
  document.addEventListener("mouseup", function (event) {
    if (!press || press.on.contains(event.target)) { return; }
    if (Math.abs(event.clientX - press.x) > 4 || Math.abs(event.clientY - press.y) > 4) { return; }
    var pressed = document.contains(press.on) ? press.on : document.getElementById(press.on.id);
    if (pressed) { pressed.click(); }
  });

  // Fields are wrong as long as an error stands in their place; the places follow every save, the fields stay.
  document.addEventListener("htmx:afterSettle", function () {
    Array.prototype.forEach.call(form.querySelectorAll("[data-field]"), function (place) {
      var field = document.getElementById(place.getAttribute("data-field"));
      if (!field) { return; }
      if (place.querySelector(".problem.error")) { field.setAttribute("aria-invalid", "true"); }
      else { field.removeAttribute("aria-invalid"); }
    });
  });

  // What an answer from the service says is saved counts before its parts come into their places.
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.xhr.status !== 200) { return; }
    (carried.get(event.detail.xhr) || []).forEach(function (note) {
      var answer = answerOf(note.question);
      if (!note.question.querySelector(".clash")) { answer.saved = Math.max(answer.saved, note.typed); }
    });
  });

  // What was typed after the answer to another question left would go with its place: it stays until the page is read anew.
  document.addEventListener("htmx:oobBeforeSwap", function (event) {
    if (event.detail.target.matches(".question[hx-post]") && isUnsaved(event.detail.target)) {
      event.detail.shouldSwap = false;
    }
  });

  // A section or question goes while somebody is in it: on with the answer that closed it. htmx itself keeps focus on
  // what has an id.
  document.addEventListener("htmx:oobBeforeSwap", function (event) {
    var place = event.detail.target;
    if (!event.detail.shouldSwap || !place.contains(document.activeElement)) { return; }
    var field = null;
    if (place.classList.contains("area")) {
      field = form.querySelector(".kind-areas input[value='" + place.id.replace("alue-", "") + "']");
    } else if (place.hasAttribute("data-opened-by")) {
      field = document.getElementById(place.getAttribute("data-opened-by")).querySelector("input:checked, input");
    }
    if (field) { field.focus({ preventScroll: true }); }
  });

  // Text areas grow with their text: by the style, or by hand where browsers don't know it yet.
  if (!window.CSS || !CSS.supports || !CSS.supports("field-sizing", "content")) {
    var grow = function (field) {
      if (field.tagName === "TEXTAREA" && field.scrollHeight > field.clientHeight) {
        field.style.height = field.scrollHeight + field.offsetHeight - field.clientHeight + "px";
      }
    };
    form.addEventListener("input", function (event) { grow(event.target); });
    // Also what was typed before this script came, and what is longer on a narrow window than the server reckons.
    Array.prototype.forEach.call(form.querySelectorAll("textarea"), grow);
  }

  // A save that reloads the page ends where it began. Only the place is kept, and only for the next page.
  var place = "place:" + location.pathname;
  var wasAt = sessionStorage.getItem(place);
  sessionStorage.removeItem(place);
  if (wasAt !== null && !location.hash && !refusal) { window.scrollTo(0, Number(wasAt)); }

  form.addEventListener("submit", function (event) {
    var unreachable = unsavedQuestions().filter(function (question) {
      return answerOf(question).failures > 0 && answerOf(question).isUnreachable;
    });
    if (navigator.onLine === false || unreachable.length) {
      // The browser's own error page would take the place of the form and its text.
      event.preventDefault();
      sayNotSaved();
      unreachable.forEach(tryAgain);
      return;
    }
    leavingBySubmit = true;
    sessionStorage.setItem(place, String(window.scrollY));
  });
  form.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && event.target.type === "search") { event.preventDefault(); }
  });
  window.addEventListener("pageshow", function () { leavingBySubmit = false; });
  window.addEventListener("beforeunload", function (event) {
    if (leavingBySubmit || !unsavedQuestions().length) { return; }
    event.preventDefault();
    event.returnValue = "";
  });
})();
