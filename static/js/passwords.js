// Lets people see a password while they type it. Sent, it is hidden again: browsers keep it as a password only then.
for (const button of document.querySelectorAll("[data-shows]")) {
  const field = document.getElementById(button.dataset.shows);
  const [show, hide] = button.children;
  const turn = (isShown) => {
    field.type = isShown ? "text" : "password";
    show.hidden = isShown;
    hide.hidden = !isShown;
  };
  button.addEventListener("click", () => turn(field.type === "password"));
  field.form.addEventListener("submit", () => turn(false));
  field.autocapitalize = "none";
  field.spellcheck = false;
  button.parentElement.classList.add("input-group");
  button.hidden = false;
}
