// The HTML report is whole without this: it lets the table be sorted and filtered, and copies records.
"use strict";
(function () {
  var all = function (selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); };
  var say = document.getElementById("say");

  // Links into a folded domain unfold it, also where the browser does not by itself.
  function unfold() {
    var target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    for (var at = target; at; at = at.parentElement)
      if (at.tagName === "DETAILS") at.open = true;
    if (target) target.scrollIntoView();
  }
  window.addEventListener("hashchange", unfold);
  unfold();

  // Print everything, and fold again afterwards.
  var folded = [];
  window.addEventListener("beforeprint", function () {
    folded = all("details:not([open])");
    folded.forEach(function (item) { item.open = true; });
  });
  window.addEventListener("afterprint", function () {
    folded.forEach(function (item) { item.open = false; });
  });

  function copied(button, done) {
    button.textContent = done ? "Copied" : "Select it and copy";
    say.textContent = done ? "Copied" : "";
    setTimeout(function () { button.textContent = "Copy"; }, 2000);
  }
  function copy_by_selection(code) {
    var range = document.createRange(), selection = getSelection();
    range.selectNodeContents(code);
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand("copy");
  }
  all("button.copy").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var code = document.getElementById(button.getAttribute("data-copy"));
      if (navigator.clipboard && navigator.clipboard.writeText)
        navigator.clipboard.writeText(code.textContent).then(
          function () { copied(button, true); }, function () { copied(button, copy_by_selection(code)); });
      else
        copied(button, copy_by_selection(code));
    });
  });

  var table = document.getElementById("fleet");
  if (!table) return;
  var body = table.tBodies[0], rows = all("tr", body), heads = all("thead th", table);
  var search = document.getElementById("search"), count = document.getElementById("count");
  var buttons = all("button[data-verdict]"), verdict = "";
  document.getElementById("tools").hidden = false;

  function filter() {
    var wanted = search.value.trim().toLowerCase(), shown = 0;
    rows.forEach(function (row) {
      var fits = (!verdict || row.getAttribute("data-verdict") === verdict) &&
        (!wanted || row.textContent.toLowerCase().indexOf(wanted) >= 0);
      row.hidden = !fits;
      var section = document.getElementById(row.getAttribute("data-section"));
      if (section) section.closest(".dom").hidden = !fits;
      shown += fits;
    });
    count.textContent = shown + " of " + rows.length + (rows.length === 1 ? " domain" : " domains");
  }
  search.addEventListener("input", filter);
  buttons.forEach(function (button) {
    button.addEventListener("click", function () {
      verdict = button.getAttribute("data-verdict");
      buttons.forEach(function (other) { other.setAttribute("aria-pressed", other === button ? "true" : "false"); });
      filter();
    });
  });

  function value(row, column) {
    var cell = row.cells[column], given = cell.getAttribute("data-sort");
    return given === null ? cell.textContent.trim().toLowerCase() : Number(given);
  }
  heads.forEach(function (head, column) {
    var button = document.createElement("button");
    button.type = "button";
    while (head.firstChild) button.appendChild(head.firstChild);
    head.appendChild(button);
    button.addEventListener("click", function () {
      // Numbers begin with the largest: that is what one looks for.
      var first = rows.length && typeof value(rows[0], column) === "number" ? "descending" : "ascending";
      var now = head.getAttribute("aria-sort");
      var order = !now ? first : now === "ascending" ? "descending" : "ascending";
      heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", order);
      var sign = order === "ascending" ? 1 : -1;
      rows.map(function (row, at) { return { row: row, at: at, value: value(row, column) }; })
        .sort(function (a, b) { return a.value < b.value ? -sign : a.value > b.value ? sign : a.at - b.at; })
        .forEach(function (item) { body.appendChild(item.row); });
      say.textContent = "Sorted by " + button.textContent + ", " + order;
    });
  });
  filter();
})();
