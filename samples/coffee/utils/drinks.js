// Prices are in cents.
const drinks = [
  { id: 'espresso', name: 'Espresso', note: 'Short and strong', price: 220 },
  { id: 'americano', name: 'Americano', note: 'Espresso with hot water', price: 260 },
  { id: 'cappuccino', name: 'Cappuccino', note: 'With milk foam', price: 340 },
  { id: 'flat-white', name: 'Flat White', note: 'Two shots, little foam', price: 360 },
  { id: 'cold-brew', name: 'Cold Brew', note: 'Steeped for 16 hours', price: 390 },
  { id: 'hot-chocolate', name: 'Hot Chocolate', note: 'Without coffee', price: 320 },
];

function findDrink(id) {
  const drink = drinks.find(candidate => candidate.id === id);
  if (!drink) {
    throw new Error(`There is no drink "${id}".`);
  }
  return drink;
}

module.exports = { drinks, findDrink };
