import { expect, test } from "vitest";
import { stands } from "./stands";

const fault = (is_broken: boolean) => ({ words: "", fix: "", is_broken });

test("an agent asks the gate only where nothing keeps it from that", () => {
  expect(stands({ tier: null, faults: [] })).toBe("out");
  expect(stands({ tier: "user", faults: [] })).toBe("in");
  expect(stands({ tier: "user", faults: [fault(false)] })).toBe("in");
  expect(stands({ tier: "user", faults: [fault(false), fault(true)] })).toBe("broken");
  // Somebody put it in, and it is gone.
  expect(stands({ tier: null, faults: [fault(true)] })).toBe("broken");
});
