/** What a `LinkedQueue` can hold; an item is in one queue at a time. */
export interface Linked<Item> {
  next: Item | undefined;
  previous: Item | undefined;
}

/** Items in the order of arrival; adding and removing anywhere take the same short time, however many there are. */
export class LinkedQueue<Item extends Linked<Item>> {
  #first: Item | undefined;
  #last: Item | undefined;
  #size = 0;

  get first(): Item | undefined {
    return this.#first;
  }

  get last(): Item | undefined {
    return this.#last;
  }

  get size(): number {
    return this.#size;
  }

  push(item: Item): void {
    item.previous = this.#last;
    item.next = undefined;
    if (this.#last === undefined) this.#first = item;
    else this.#last.next = item;
    this.#last = item;
    this.#size++;
  }

  /** The item must be in this queue. */
  remove(item: Item): void {
    if (item.previous === undefined) this.#first = item.next;
    else item.previous.next = item.next;
    if (item.next === undefined) this.#last = item.previous;
    else item.next.previous = item.previous;
    item.next = undefined;
    item.previous = undefined;
    this.#size--;
  }

  /** Safe against removing the item that was just given, and against adding. */
  *[Symbol.iterator](): Generator<Item, void, undefined> {
    let item = this.#first;
    while (item !== undefined) {
      const next: Item | undefined = item.next;
      yield item;
      item = next;
    }
  }
}
