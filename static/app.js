// What no markup can do. The pages work without this file; it must stay ES2015.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");

  // A failed save is said aloud; the text stays in its field, and the next pause in typing tries again.
  function sayNotSaved() {
    var notice = document.getElementById("ilmoitus");
    var form = document.getElementById("lomake");
    if (notice && form) {
      notice.classList.add("warning");
      notice.textContent = form.getAttribute("data-not-saved");
    }
  }
  document.addEventListener("htmx:sendError", sayNotSaved);
  document.addEventListener("htmx:timeout", sayNotSaved);
  document.addEventListener("htmx:responseError", function (event) {
    // Our own pages of errors bring their own words; those of a proxy do not.
    if (event.detail.xhr.responseText.indexOf('id="ilmoitus"') < 0) { sayNotSaved(); }
  });

  Array.prototype.forEach.call(document.querySelectorAll("[data-print]"), function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
