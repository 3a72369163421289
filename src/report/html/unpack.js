"use strict";
// Unpacks the charts' library, which is packed to a third, and runs it. With nothing that a browser may lack, and at once.
{
  const packed = document.getElementById("charts");
  const bytes = Uint8Array.from(atob(packed.textContent.trim()), (letter) => letter.charCodeAt(0));
  const library = document.createElement("script");
  library.textContent = new TextDecoder().decode(inflate(bytes));
  document.head.append(library);
  library.remove();
  packed.remove();
}
