/*
 * Whoever uses the keyboard never loses their place. When what has the focus is removed (a row that is deleted, a link to
 * another page) or disabled (a button whose work is under way), the browser gives the focus to nothing, and the next Tab
 * begins at the top of the window.
 */

const FOCUSABLE =
  ':is(a[href], button, input, select, textarea, [tabindex="0"], [contenteditable="true"]):not(:disabled)';
/** A row of a list takes the focus as a whole. */
const ROW = '[role=row][tabindex]';
/** The page, a menu over it, and the dialog that this opened: all may go at once. */
const REMEMBERED = 6;

/** Where the focus was last in the page, or in what lies over it: what stood around it, the nearest first. */
interface Place {
  element: Element;
  around: Element[];
  /** What Tab leads to from there, the nearest first. */
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
  const stands = (flag: number) => all.filter((one) => element.compareDocumentPosition(one) & flag);
  const before = stands(Node.DOCUMENT_POSITION_PRECEDING).reverse();
  const place = { element, around, before, after: stands(Node.DOCUMENT_POSITION_FOLLOWING) };
  places = [place, ...places.filter((other) => layerOf(other) !== layerOf(place))].slice(0, REMEMBERED);
}

/** The page or what lies over it, a child of the body. */
function layerOf({ element, around }: Place): Element | undefined {
  return [element, ...around].at(-3);
}

/** Goes next to where the focus was last: to the next row, else the one before, else to what adds one. */
function focusNearest(): void {
  const main = document.getElementById('main');
  for (const place of places) {
    const { element, around } = place;
    if (element.isConnected && takesFocus(element)) return;
    const left = around.filter((one) => one.isConnected);
    // Of another page nothing is left; of what lay over the page neither.
    const near = left.slice(
      0,
      left.findIndex((one) => one === main || one === document.body),
    );
    // What came in its place: what to do about an empty list.
    const fresh = (one: Element) => (main?.contains(one) ? one.querySelectorAll(FOCUSABLE) : []);
    const next = (one: Element) => [...neighbours(place, one), ...fresh(one)];
    if (near.some((one) => next(one).some(takesFocus))) return;
    if (left[0] !== document.body) break;
  }
  main?.focus({ preventScroll: true });
}

/** What was within the element, beginning with rows such as the one that is gone. */
function neighbours({ element, around, before, after }: Place, within: Element): Element[] {
  const gone = [element, ...around].findLast((one) => !one.isConnected) ?? element;
  const isAlike = (one: Element) => one.role === gone.role && one.tagName === gone.tagName;
  const known = [...after, ...before].filter((one) => within.contains(one));
  const inRows = known.filter((one) => isAlike(childOf(within, one)));
  return [...inRows, ...known].map((one) => one.closest(ROW) ?? one);
}

function childOf(parent: Element, inside: Element): Element {
  let child = inside;
  while (child.parentElement !== parent) child = child.parentElement!;
  return child;
}

/** What is disabled or not shown takes none. */
function takesFocus(element: Element): boolean {
  (element as HTMLElement).focus({ preventScroll: true });
  return document.activeElement === element;
}
