/*
 * Whoever uses the keyboard never loses their place. When what has the focus is removed (a row that is deleted, a link to
 * another page), the browser gives the focus to nothing, and the next Tab begins at the top of the window.
 */

const FOCUSABLE =
  ':is(a[href], button, input, select, textarea, [tabindex="0"], [contenteditable="true"]):not(:disabled)';
/** A row’s button, the item of its menu, and the dialog that this opened: all may go at once. */
const REMEMBERED = 6;

/** Where the focus was: what stood around it, the nearest first, and what Tab leads to from there. */
interface Place {
  element: Element;
  around: Element[];
  before: Element[];
  after: Element[];
}

let places: Place[] = [];
let hasKeyboard = false;

/** To be called once. */
export function keepFocus(): void {
  addEventListener('keydown', () => (hasKeyboard = true), true);
  addEventListener('pointerdown', () => (hasKeyboard = false), true);
  addEventListener('focusin', ({ target }) => target instanceof Element && remember(target), true);
  let isAwaited = false;
  new MutationObserver(() => {
    if (isAwaited || !isLost()) return;
    isAwaited = true;
    // A dialog that closes gives the focus back in the frame after.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        isAwaited = false;
        if (isLost()) nearest()?.focus({ preventScroll: true });
      }),
    );
  }).observe(document.body, { childList: true, subtree: true });
}

function isLost(): boolean {
  return hasKeyboard && document.activeElement === document.body && places[0]?.element.isConnected === false;
}

function remember(element: Element): void {
  const around = [];
  for (let one = element.parentElement; one !== null; one = one.parentElement) around.push(one);
  const all = [...document.querySelectorAll(FOCUSABLE)];
  const index = all.indexOf(element);
  const place = { element, around, before: all.slice(0, index).reverse(), after: all.slice(index + 1) };
  places = [place, ...places.filter((other) => other.element !== element)].slice(0, REMEMBERED);
}

/** What is next to where the focus was last, of what is still there. */
function nearest(): HTMLElement | null {
  const main = document.getElementById('main');
  for (const { element, around, before, after } of places) {
    if (element.isConnected) return element as HTMLElement;
    const left = around.find((one) => one.isConnected);
    // Of another page nothing is left.
    if (left === main) return main;
    const next = [...after, ...before].find((one) => one.isConnected && left?.contains(one));
    if (left !== document.body && next !== undefined) return next as HTMLElement;
  }
  return main;
}
