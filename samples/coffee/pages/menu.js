const { drinks } = require('../utils/drinks.js');
const { formatPrice } = require('../utils/money.js');
const cart = require('../utils/cart.js');

Page({
  data: {
    drinks: [],
    cartCount: 0,
    cartTotal: '',
  },

  onShow() {
    this.refresh();
  },

  addToCart(event) {
    cart.add(event.currentTarget.dataset.drink);
    this.refresh();
  },

  openCart() {
    app.navigate('pages/cart');
  },

  refresh() {
    this.setData({
      drinks: drinks.map(drink => ({
        ...drink,
        priceText: formatPrice(drink.price),
        quantity: cart.quantityOf(drink.id),
      })),
      cartCount: cart.count(),
      cartTotal: formatPrice(cart.total()),
    });
  },
});
