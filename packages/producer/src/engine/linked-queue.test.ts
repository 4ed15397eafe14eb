import { describe, expect, it } from "vitest";
import { type Linked, LinkedQueue } from "./linked-queue.js";

class Item implements Linked<Item> {
  next: Item | undefined;
  previous: Item | undefined;
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

function filled(names: string): { queue: LinkedQueue<Item>; items: Item[] } {
  const queue = new LinkedQueue<Item>();
  const items = Array.from(names, (name) => new Item(name));
  for (const item of items) queue.push(item);
  return { queue, items };
}

const names = (queue: LinkedQueue<Item>): string => [...queue].map(({ name }) => name).join("");

describe("LinkedQueue", () => {
  it("keeps the order of arrival", () => {
    const { queue } = filled("abc");
    expect(names(queue)).toBe("abc");
    expect(queue.first?.name).toBe("a");
    expect(queue.size).toBe(3);
  });

  it.each([
    ["first", 0, "bcd"],
    ["one in the middle", 1, "acd"],
    ["last", 3, "abc"],
  ])("removes the %s and can go on", (_, index, left) => {
    const { queue, items } = filled("abcd");
    queue.remove(items[index]!);
    expect(names(queue)).toBe(left);
    queue.push(new Item("x"));
    expect(names(queue)).toBe(`${left}x`);
    expect(queue.size).toBe(4);
  });

  it("is empty after its only item is removed, and takes it again", () => {
    const { queue, items } = filled("a");
    queue.remove(items[0]!);
    expect(queue.first).toBeUndefined();
    expect(queue.size).toBe(0);
    queue.push(items[0]!);
    expect(names(queue)).toBe("a");
  });

  it("keeps nothing of a removed item", () => {
    const { queue, items } = filled("abc");
    queue.remove(items[1]!);
    expect(items[1]).toMatchObject({ next: undefined, previous: undefined });
  });

  it("goes on when the item just given is removed, and finds what was added meanwhile", () => {
    const { queue } = filled("abc");
    const seen: string[] = [];
    for (const item of queue) {
      seen.push(item.name);
      if (item.name === "a") queue.push(new Item("d"));
      queue.remove(item);
    }
    expect(seen.join("")).toBe("abcd");
    expect(queue.size).toBe(0);
  });
});
