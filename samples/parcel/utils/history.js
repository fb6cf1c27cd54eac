// The last numbers, the latest first, each once.
const KEY = 'history';
const LENGTH = 5;

function read(storage) {
  return storage.get(KEY) ?? [];
}

function remember(storage, number) {
  const others = read(storage).filter(known => known !== number);
  storage.set(KEY, [number, ...others].slice(0, LENGTH));
}

module.exports = { read, remember };
