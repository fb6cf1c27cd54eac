const HOUR = 60 * 60 * 1000;

/** The events of a parcel, the latest first: `{ at, place, text }`, with `at` in milliseconds since 1970. */
async function loadEvents(number, configuration, now = Date.now()) {
  const events = configuration.trackingUrl ? await request(number, configuration.trackingUrl) : sampleJourney(now);
  return [...events].sort((left, right) => right.at - left.at);
}

async function request(number, trackingUrl) {
  const response = await fetch(`${trackingUrl}/parcels/${encodeURIComponent(number)}/events`);
  if (response.status === 404) {
    throw new Error('No parcel has this number yet. A new parcel appears some hours after it was posted.');
  }
  if (!response.ok) {
    throw new Error('The tracking service does not answer. Please try again in a minute.');
  }
  return response.json();
}

function sampleJourney(now) {
  return [
    { at: now - 40 * HOUR, place: 'Lisbon', text: 'Posted' },
    { at: now - 31 * HOUR, place: 'Lisbon', text: 'Left the sorting centre' },
    { at: now - 9 * HOUR, place: 'Madrid', text: 'Arrived at the sorting centre' },
    { at: now - 2 * HOUR, place: 'Madrid', text: 'Out for delivery' },
  ];
}

module.exports = { loadEvents };
