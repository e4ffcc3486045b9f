// Offers to copy an address or a command. Without scripts, or where the browser lets nobody copy, it is there to select.
"use strict";

for (const button of navigator.clipboard ? document.querySelectorAll("button.copy") : []) {
  const address = document.getElementById(button.dataset.address);
  const told = button.nextElementSibling;
  button.hidden = false;
  button.addEventListener("click", async () => {
    told.textContent = "";
    try {
      await navigator.clipboard.writeText(address.value);
      told.textContent = button.dataset.copied;
    } catch {
      address.focus();
      address.select();
      told.textContent = button.dataset.refused;
    }
  });
}
