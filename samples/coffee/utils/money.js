/** Writes cents as a price: 340 becomes "3.40 €". */
function formatPrice(cents) {
  return `${(cents / 100).toFixed(2)} €`;
}

module.exports = { formatPrice };
