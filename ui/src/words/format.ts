/** Numbers, lengths and moments, as the chosen language writes them. */
export interface Format {
  number(value: number): string;
  /** "48 s", "24 min", "1 h 40 min", "7 d": rounded up, so that it never promises less time than there is. */
  span(seconds: number): string;
  /** "14:02". */
  time(at: number): string;
  /** "14:02" today, "Tue 14:02" within a week, else with its date. */
  moment(at: number, now: number): string;
  /** "2 seconds ago", "20 minutes ago". */
  ago(at: number, now: number): string;
  /** "Tuesday, 24 November 2026". */
  day(at: number): string;
  /** Day and time to the second. */
  exact(at: number): string;
}

const WEEK = 7 * 24 * 3_600_000;

export function format(locale: string): Format {
  const numbers = new Intl.NumberFormat(locale);
  const times = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
  const weekdays = new Intl.DateTimeFormat(locale, { weekday: "short", hour: "2-digit", minute: "2-digit" });
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const days = new Intl.DateTimeFormat(locale, { dateStyle: "full" });
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "medium" });
  const ages = new Intl.RelativeTimeFormat(locale);
  const number = (value: number): string => numbers.format(value);
  return {
    number,
    span: (seconds) => {
      if (seconds < 100) return `${number(seconds)} s`;
      const minutes = Math.ceil(seconds / 60);
      if (minutes <= 60) return `${number(minutes)} min`;
      const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
      if (hours >= 48 && rest === 0 && hours % 24 === 0) return `${number(hours / 24)} d`;
      return rest === 0 ? `${number(hours)} h` : `${number(hours)} h ${number(rest)} min`;
    },
    time: (at) => times.format(at),
    moment: (at, now) => {
      if (sameDay(at, now)) return times.format(at);
      return Math.abs(at - now) < WEEK - 24 * 3_600_000 ? weekdays.format(at) : dates.format(at);
    },
    ago: (at, now) => {
      const seconds = Math.max(0, Math.floor((now - at) / 1000));
      if (seconds < 60) return ages.format(-seconds, "second");
      if (seconds < 3600) return ages.format(-Math.floor(seconds / 60), "minute");
      if (seconds < 48 * 3600) return ages.format(-Math.floor(seconds / 3600), "hour");
      return ages.format(-Math.floor(seconds / 86_400), "day");
    },
    day: (at) => days.format(at),
    exact: (at) => exact.format(at),
  };
}

export function sameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}
