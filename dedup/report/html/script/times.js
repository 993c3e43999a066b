// Times for people. All are UTC.

const zone = { timeZone: "UTC" };
const DAY = new Intl.DateTimeFormat("en-GB", { ...zone, day: "numeric", month: "short", year: "numeric" });
const SHORT = new Intl.DateTimeFormat("en-GB", { ...zone, day: "numeric", month: "short" });
const MONTH = new Intl.DateTimeFormat("en-GB", { ...zone, month: "short", year: "numeric" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { ...zone, hour: "2-digit", minute: "2-digit" });

const date = (t) => new Date(t * 1000);

export function day(t) {
  return DAY.format(date(t));
}

export function moment(t) {
  return t % 86400 === 0 ? day(t) : `${day(t)}, ${CLOCK.format(date(t))}`;
}

export function iso(t) {
  const given = date(t);
  return Number.isNaN(given.getTime()) ? "" : given.toISOString();
}

export function range(from, to) {
  if (day(from) === day(to)) return day(from);
  const same = date(from).getUTCFullYear() === date(to).getUTCFullYear();
  return `${same ? SHORT.format(date(from)) : day(from)} – ${day(to)}`;
}

export function unitLabel(t, unit) {
  if (unit === "hour") return `${SHORT.format(date(t))}, ${CLOCK.format(date(t))}`;
  if (unit === "month") return MONTH.format(date(t));
  if (unit === "year") return String(date(t).getUTCFullYear());
  return (unit === "week" ? "week of " : "") + day(t);
}

export function lag(seconds) {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.round(hours / 24);
  return days < 730 ? `${days} days` : `${Math.round(days / 365.25)} years`;
}
