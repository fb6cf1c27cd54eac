const { formatPrice } = require('../utils/money.js');
const { placeOrder } = require('../utils/orders.js');
const cart = require('../utils/cart.js');

Page({
  data: {
    lines: [],
    total: '',
    isOrdering: false,
    error: '',
  },

  onShow() {
    this.refresh();
  },

  increase(event) {
    this.change(event.currentTarget.dataset.drink, 1);
  },

  decrease(event) {
    this.change(event.currentTarget.dataset.drink, -1);
  },

  change(drinkId, difference) {
    cart.setQuantity(drinkId, cart.quantityOf(drinkId) + difference);
    this.refresh();
  },

  async order() {
    this.setData({ isOrdering: true, error: '' });
    try {
      const { number } = await placeOrder(cart.lines(), app.configuration);
      cart.clear();
      app.navigate('pages/confirmation', { number });
    } catch (error) {
      this.setData({ error: error.message });
    } finally {
      this.setData({ isOrdering: false });
    }
  },

  refresh() {
    this.setData({
      lines: cart.lines().map(line => ({
        ...line,
        totalText: formatPrice(line.total),
        isFull: line.quantity === cart.MAX_QUANTITY,
      })),
      total: formatPrice(cart.total()),
    });
  },
});
