// One composer, two places: docked under the wall, and on a phone a sheet on a native <dialog>.
import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";

const PHONE = "(max-width: 699px)";
const follow = (heard) => {
  const query = matchMedia(PHONE);
  query.addEventListener("change", heard);
  return () => query.removeEventListener("change", heard);
};

// `closeOn` changes when what the sheet is for has been done.
export function Sheet({ id, label, closeOn, children }) {
  const phone = useSyncExternalStore(follow, () => matchMedia(PHONE).matches, () => false);
  const box = useRef(null);
  const first = useRef(closeOn);
  useEffect(() => {
    if (first.current !== closeOn && box.current?.open) box.current.close();
    first.current = closeOn;
  }, [closeOn]);
  useLayoutEffect(() => {
    const root = document.documentElement;
    if (phone) {
      root.style.removeProperty("--dock");
      // The keyboard of a phone covers the page without resizing it; the foot of the sheet must stay above it.
      const lift = () => box.current?.style.setProperty("--keyboard", `${Math.max(0, innerHeight - visualViewport.height - visualViewport.offsetTop)}px`);
      visualViewport.addEventListener("resize", lift);
      return () => visualViewport.removeEventListener("resize", lift);
    }
    const observer = new ResizeObserver(() => {
      const scroller = document.querySelector(".wall > .scroll");
      root.style.setProperty("--dock", `${box.current.offsetHeight + 16}px`);
      root.style.setProperty("--scrollbar", `${scroller ? scroller.offsetWidth - scroller.clientWidth : 0}px`);
    });
    observer.observe(box.current);
    return () => {
      observer.disconnect();
      root.style.removeProperty("--dock");
      root.style.removeProperty("--scrollbar");
    };
  }, [phone]);
  if (!phone) return <div className="dock" ref={box}>{children}</div>;
  return (
    <dialog id={id} ref={box} className="sheetbox" aria-label={label} closedby="any">
      {children}
    </dialog>
  );
}
