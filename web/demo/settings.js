/** The settings modal: put into the page when it opens, taken out of it when it closes. */

import { copyOf, find, make } from "./dom.js";
import { save, workspace } from "./workspace.js";

/** Open the organization's settings above the page. Focus goes back to where it was on closing. */
export function openSettings() {
  if (document.querySelector("dialog.settings")) return;
  const opener = document.activeElement;
  document.body.append(copyOf("settings"));
  const dialog = find(document, "dialog.settings", HTMLDialogElement);
  fill(dialog);
  dialog.addEventListener("click", (event) => {
    const onBackdrop = event.target === dialog;
    const onClose =
      event.target instanceof Element && event.target.closest("[data-action=close-settings]");
    if (onBackdrop || onClose) dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.closest("track-page")?.remove();
    if (opener instanceof HTMLElement) opener.focus();
  });
  dialog.showModal();
}

/** @param {HTMLDialogElement} dialog */
function fill(dialog) {
  const status = find(dialog, "#settings-status", HTMLElement);
  const name = find(dialog, "#organization-name", HTMLInputElement);
  const weekStart = find(dialog, "#week-start", HTMLSelectElement);
  name.value = workspace.organization;
  weekStart.value = workspace.weekStart;
  onSubmit(dialog, "#organization", () => {
    workspace.organization = name.value;
    workspace.weekStart = weekStart.value;
    status.textContent = "Saved.";
  });

  const email = find(dialog, "#invite-email", HTMLInputElement);
  const role = find(dialog, "#invite-role", HTMLSelectElement);
  onSubmit(dialog, "#invite", () => {
    workspace.members.push({ email: email.value, role: role.value });
    status.textContent = `Invited ${email.value}.`;
    email.value = "";
    showMembers(dialog);
  });
  showMembers(dialog);
}

/** @param {HTMLDialogElement} dialog */
function showMembers(dialog) {
  const rows = workspace.members.map(({ email, role }) =>
    make("li", {}, make("span", {}, email), make("span", { class: "note" }, role)),
  );
  find(dialog, "#members", HTMLElement).replaceChildren(...rows);
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {string} form
 * @param {() => void} submitted
 */
function onSubmit(dialog, form, submitted) {
  find(dialog, form, HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    submitted();
    save();
  });
}
