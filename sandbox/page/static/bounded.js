// A list that forgets its oldest items, by their number and by their weight, so that a day of traffic fits in memory.

const most = 2000;
const heaviest = 32 << 20; // In characters of bodies.

export class Bounded {
  items = [];
  #weigh;
  #weight = 0;

  constructor(weigh = () => 0) {
    this.#weigh = weigh;
  }

  /** Appends an item and returns whether old ones had to go. */
  add(item) {
    this.items.push(item);
    this.#weight += this.#weigh(item);
    if (this.items.length <= most * 1.25 && this.#weight <= heaviest) return false;
    this.#trim();
    return true;
  }

  clear() {
    this.items = [];
    this.#weight = 0;
  }

  // Removes many at once, since moving an array for each new item would be slow.
  #trim() {
    let drop = Math.max(0, this.items.length - most);
    let weight = this.#weight;
    for (let i = 0; i < drop; i++) weight -= this.#weigh(this.items[i]);
    while (weight > heaviest * 0.8 && drop < this.items.length - 1) weight -= this.#weigh(this.items[drop++]);
    this.items = this.items.slice(drop);
    this.#weight = weight;
  }
}
