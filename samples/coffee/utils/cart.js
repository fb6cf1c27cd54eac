// The cart lives as long as the app is open. All pages share it.
const { findDrink } = require('./drinks.js');

const MAX_QUANTITY = 9;
const quantities = new Map();

function add(drinkId) {
  setQuantity(drinkId, quantityOf(drinkId) + 1);
}

function setQuantity(drinkId, quantity) {
  findDrink(drinkId);
  if (quantity <= 0) {
    quantities.delete(drinkId);
  } else {
    quantities.set(drinkId, Math.min(quantity, MAX_QUANTITY));
  }
}

function quantityOf(drinkId) {
  return quantities.get(drinkId) ?? 0;
}

function lines() {
  return [...quantities].map(([drinkId, quantity]) => {
    const drink = findDrink(drinkId);
    return { drinkId, name: drink.name, quantity, total: drink.price * quantity };
  });
}

function count() {
  return [...quantities.values()].reduce((sum, quantity) => sum + quantity, 0);
}

function total() {
  return lines().reduce((sum, line) => sum + line.total, 0);
}

function clear() {
  quantities.clear();
}

module.exports = { MAX_QUANTITY, add, setQuantity, quantityOf, lines, count, total, clear };
