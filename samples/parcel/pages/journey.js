const { loadEvents } = require('../utils/tracking.js');

Page({
  data: {
    number: '',
    events: [],
    isLoading: true,
    error: '',
  },

  onLoad({ number }) {
    this.setData({ number });
    return this.load();
  },

  async load() {
    this.setData({ isLoading: true, error: '' });
    try {
      const events = await loadEvents(this.data.number, app.configuration);
      this.setData({
        events: events.map((event, index) => ({
          ...event,
          timeText: new Date(event.at).toLocaleString(),
          isLatest: index === 0,
        })),
      });
    } catch (error) {
      this.setData({ error: error.message });
    } finally {
      this.setData({ isLoading: false });
    }
  },
});
