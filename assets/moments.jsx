// Time as people read it, told by the browser's own clock and zone.
import { useEffect, useState } from "react";

const minutes = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

// "0:14, usually 0:25", counted here and not by the server.
export function Elapsed({ since = 0, typical = 0, className }) {
  const [now, setNow] = useState(0);
  useEffect(() => {
    const tick = () => setNow(Date.now());
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, []);
  if (!now || !since) return null;
  return <span className={className}>{minutes(Math.max(0, (now - since) / 1000)) + (typical ? `, usually ${minutes(typical)}` : "")}</span>;
}

// "Today 16:04" or "23 Nov, 16:04". Empty until the browser has it, so that server and page agree.
export function When({ iso }) {
  const [text, setText] = useState("");
  useEffect(() => {
    const date = new Date(iso);
    const time = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
    const today = date.toDateString() === new Date().toDateString();
    setText(today ? `Today ${time}` : `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: date.getFullYear() === new Date().getFullYear() ? undefined : "numeric" })}, ${time}`);
  }, [iso]);
  return <time dateTime={iso}>{text}</time>;
}
