// Puts what Elsa Studio's runtime loads before it starts, more than a hundred files, into one: a browser that has all of them still spends a tenth of the
// start on asking for each. Written beside the packages, with its compressed forms, by the build (FrontEnd.targets); read by Portal/Assets/studio.js.
//
//   4 bytes            length of the index, little-endian
//   index              JSON: { "name of the file": [first byte after the index, number of bytes] }
//   the files          one after the other
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [studio, target] = process.argv.slice(2);
const framework = join(studio, "_framework");
const boot = readFileSync(join(framework, "dotnet.js"), "utf8");
const { resources } = JSON.parse(/\/\*json-start\*\/([^]*)\/\*json-end\*\//.exec(boot)[1]);
const files = [...resources.coreAssembly, ...resources.assembly, ...resources.icu].map(({ name }) => ({ name, content: readFileSync(join(framework, name)) }));

let first = 0;
const entries = files.map(({ name, content }) => {
  const entry = [name, [first, content.length]];
  first += content.length;
  return entry;
});
const index = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
const length = Buffer.alloc(4);
length.writeUInt32LE(index.length);
const bundle = Buffer.concat([length, index, ...files.map(file => file.content)]);

mkdirSync(dirname(target), { recursive: true });
writeFileSync(target + ".br", brotliCompressSync(bundle, { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bundle.length } }));
writeFileSync(target + ".gz", gzipSync(bundle, { level: 9 }));

// Last: that it is there says that all is.
writeFileSync(target, bundle);
