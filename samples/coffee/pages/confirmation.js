const PREPARATION_MINUTES = 6;

Page({
  data: {
    number: null,
    minutes: PREPARATION_MINUTES,
  },

  onLoad({ number }) {
    this.setData({ number });
  },

  backToMenu() {
    app.navigate('pages/menu');
  },
});
