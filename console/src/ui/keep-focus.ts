/*
 * Whoever uses the keyboard never loses their place. When what has the focus is removed (a row that is deleted, a link to
 * another page) or disabled (a button whose work is under way), the browser gives the focus to nothing, and the next Tab
 * begins at the top of the window.
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
let hasKeyboard = true;
/** Whether what had the focus last was disabled since. */
let wasDisabled = false;

/** To be called once, when the first key is pressed. */
export function keepFocus(): void {
  if (document.activeElement !== null) remember(document.activeElement);
  addEventListener('keydown', () => (hasKeyboard = true), true);
  addEventListener('pointerdown', () => (hasKeyboard = false), true);
  addEventListener('focusin', ({ target }) => target instanceof Element && remember(target), true);
  let isAwaited = false;
  new MutationObserver((changes) => {
    wasDisabled ||= changes.some(({ target }) => target === places[0]?.element && isDisabled(target));
    if (isAwaited || !isLost()) return;
    isAwaited = true;
    // A dialog that closes gives the focus back in the frame after.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        isAwaited = false;
        if (isLost()) focusNearest();
      }),
    );
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ['disabled'] });
}

/** What was disabled gets the focus back as soon as it can have it. */
function isLost(): boolean {
  const last = places[0]?.element;
  if (!hasKeyboard || last === undefined || document.activeElement !== document.body) return false;
  return !last.isConnected || (wasDisabled && !isDisabled(last));
}

function isDisabled(element: Node): boolean {
  return element instanceof Element && element.matches(':disabled');
}

function remember(element: Element): void {
  wasDisabled = false;
  const around = [];
  for (let one = element.parentElement; one !== null; one = one.parentElement) around.push(one);
  const all = [...document.querySelectorAll(FOCUSABLE)];
  const index = all.indexOf(element);
  const place = { element, around, before: all.slice(0, index).reverse(), after: all.slice(index + 1) };
  places = [place, ...places.filter((other) => other.element !== element)].slice(0, REMEMBERED);
}

/** Goes next to where the focus was last, of what is still there. */
function focusNearest(): void {
  const main = document.getElementById('main');
  for (const { element, around, before, after } of places) {
    const left = around.find((one) => one.isConnected);
    // Of another page nothing is left.
    const next = left === main || left === document.body ? [] : [...after, ...before];
    for (const one of [element, ...next]) {
      if (!one.isConnected || !(left?.contains(one) ?? false)) continue;
      // What is not shown takes no focus.
      (one as HTMLElement).focus({ preventScroll: true });
      if (document.activeElement !== document.body) return;
    }
    if (left === main) break;
  }
  main?.focus({ preventScroll: true });
}
