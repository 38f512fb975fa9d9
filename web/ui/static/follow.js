// A list that follows another: where what is chosen in one list is the heading of a
// group in another, as the class of a matter over the standards of that class, that
// group comes first, and where it has one option alone that is chosen. The server
// does the same when it makes the form.
"use strict";

(function () {
  const titled = (list, title) => [...list.children].find((x) => x.tagName === "OPTGROUP" && x.label === title);

  function follow(list, group) {
    const first = list.querySelector("optgroup");
    if (first !== group) first.before(group);
    if ([...group.children].some((option) => option.selected)) return;
    list.value = group.children.length === 1 ? group.children[0].value : "";
  }

  document.addEventListener("change", function (event) {
    const list = event.target;
    if (list.tagName !== "SELECT" || !list.form || list.selectedIndex < 0) return;
    const title = list.options[list.selectedIndex].label;
    // The nearest behind it: a form about several cases has the same lists for each.
    const behind = [...list.form.elements].filter((x) => x.tagName === "SELECT" && list.compareDocumentPosition(x) & Node.DOCUMENT_POSITION_FOLLOWING);
    const other = behind.find((x) => titled(x, title));
    if (other) follow(other, titled(other, title));
  });
})();
