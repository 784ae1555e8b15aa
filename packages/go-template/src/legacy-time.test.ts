import { expect, test } from "@jest/globals";
import { civilTime } from "./calendar.js";
import { formatGoLayout, formatStrftime } from "./legacy-time.js";

const time = civilTime(Date.parse("2026-03-07T15:04:09.120Z")); // a Saturday, the 66th day

test.each([
  { layout: "2006-01-02T15:04:05Z07:00", want: "2026-03-07T15:04:09Z" },
  { layout: "20060102-150405", want: "20260307-150409" },
  { layout: "Mon Jan _2 3:4:5 pm 06 MST", want: "Sat Mar  7 3:4:9 pm 26 UTC" },
  { layout: "Monday, 2 January 2006 at 03 PM -0700", want: "Saturday, 7 March 2026 at 03 PM +0000" },
  { layout: "002 __2 1", want: "066  66 3" },
  { layout: "05.000 05,999999 05.999", want: "09.120 09,12 09.12" },
  { layout: "Month", want: "Month" },
  { layout: "ingot", want: "ingot" },
])("writes the Go layout $layout", ({ layout, want }) => expect(formatGoLayout(layout, time)).toBe(want));

test.each([
  { format: "%Y-%m-%d %H:%M:%S%L %Z", want: "2026-03-07 15:04:09.120 UTC" },
  { format: "%A %a %B %b %I %p %y %z 100%%", want: "Saturday Sat March Mar 03 PM 26 +0000 100%" },
  { format: "%Q %", want: "%Q %" },
])("writes the strftime format $format", ({ format, want }) => expect(formatStrftime(format, time)).toBe(want));
