// A list that forgets its oldest items, by their number and by their weight, so that a day of traffic fits in memory.

const most = 2000;

export class Bounded {
  items = [];
  #weigh;
  #heaviest;
  #weight = 0;

  /** weigh returns the characters of an item; heaviest is how many all may have together. */
  constructor(weigh = () => 0, heaviest = 32 << 20) {
    this.#weigh = weigh;
    this.#heaviest = heaviest;
  }

  add(item) {
    this.items.push(item);
    this.#weight += this.#weigh(item);
    if (this.items.length > most * 1.25 || this.#weight > this.#heaviest) this.#trim();
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
    while (weight > this.#heaviest * 0.8 && drop < this.items.length - 1) weight -= this.#weigh(this.items[drop++]);
    this.items = this.items.slice(drop);
    this.#weight = weight;
  }
}
