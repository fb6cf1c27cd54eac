const { normalize, describeProblem } = require('../utils/number.js');
const history = require('../utils/history.js');

Page({
  data: {
    text: '',
    error: '',
    recent: [],
  },

  onShow() {
    this.setData({ recent: history.read(app.storage) });
  },

  onInput(event) {
    this.setData({ text: event.detail.value, error: '' });
  },

  submit() {
    this.open(normalize(this.data.text));
  },

  openRecent(event) {
    this.open(event.currentTarget.dataset.number);
  },

  open(number) {
    const error = describeProblem(number);
    if (error) {
      this.setData({ error });
      return;
    }
    history.remember(app.storage, number);
    app.navigate('pages/journey', { number });
  },
});
