// Whoever waits for longer than this is shown so: a spinner (aria-busy) where they pressed, or where the answer will stand.
const SLOW = 200; // milliseconds

/** To be called when the wait begins; what it gives, when it is over. */
export function waiting(element) {
  const timer = setTimeout(() => element.setAttribute("aria-busy", "true"), SLOW);
  return () => {
    clearTimeout(timer);
    element.removeAttribute("aria-busy");
  };
}
