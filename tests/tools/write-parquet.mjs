// Writes Parquet files with arrow-rs (parquet-wasm), Polars and hyparquet-writer into a folder, and what is in them as JSON lines:
// {"file", "column", "texts": [...]} where a text is a value spelled out, null for a missing one; bytes are spelled in hex.
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import * as arrow from 'apache-arrow'
import { parquetWriteBuffer } from 'hyparquet-writer'

const require = createRequire(import.meta.url)
const wasm = require('parquet-wasm/node')
const polars = require('nodejs-polars-linux-x64-gnu')
const folder = process.argv[2]
const rows = 400

const stems = ['', 'ä', 'äö', 'äöü straße', '猫', '猫と犬', 'plain', 'plain text', 'plain text and more']
const texts = Array.from({ length: rows }, (_, i) => (i % 7 === 3 ? null : stems[(i * 5) % stems.length] + (i % 3 ? i % 50 : '')))
const sorted = [...texts].sort()
const integers = Array.from({ length: rows }, (_, i) => (i % 11 === 5 ? null : ((i * 2654435761) % 4294967296) - 2147483648))
const longs = Array.from({ length: rows }, (_, i) => (i % 13 === 6 ? null : BigInt(i) * 1234567890123n - 5000000000000n))
const doubles = Array.from({ length: rows }, (_, i) => (i % 5 === 2 ? null : i * 0.25 - 17))
const booleans = Array.from({ length: rows }, (_, i) => (i % 9 === 4 ? null : i % 4 < 2))
const blobs = Array.from({ length: rows }, (_, i) => (i % 8 === 1 ? null : Uint8Array.from({ length: (i * 37) % 600 }, (_, k) => (i * 31 + k * 7) % 256)))
const lists = Array.from({ length: rows }, (_, i) => (i % 6 === 0 ? null : Array.from({ length: i % 4 }, (_, k) => (k === 2 ? null : `${i}ü${k}`))))

const spell = (v) => (v === null || v === undefined ? null : v instanceof Uint8Array ? Buffer.from(v).toString('hex') : String(v))
const spellList = (v) => (v === null ? 'null' : `[${v.map((e) => e ?? 'null').join(',')}]`)

function emit(file, bytes, columns) {
  writeFileSync(join(folder, file), new Uint8Array(bytes))
  for (const [column, values] of Object.entries(columns)) {
    console.log(JSON.stringify({ file, column, texts: values.map(column === 'list' ? spellList : spell) }))
  }
}

function arrowTable(columns) {
  const types = {
    text: new arrow.Utf8(), sorted: new arrow.Utf8(), int: new arrow.Int32(), long: new arrow.Int64(), double: new arrow.Float64(), flag: new arrow.Bool(), blob: new arrow.Binary(),
    list: new arrow.List(new arrow.Field('item', new arrow.Utf8(), true)),
  }
  return new arrow.Table(Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, arrow.vectorFromArray(values, types[name])])))
}

function arrowRs(file, columns, configure) {
  const table = wasm.Table.fromIPCStream(arrow.tableToIPC(arrowTable(columns), 'stream'))
  let builder = new wasm.WriterPropertiesBuilder()
  builder = configure(builder)
  emit(file, wasm.writeParquet(table, builder.build()), columns)
}

const everything = { text: texts, int: integers, long: longs, double: doubles, flag: booleans, blob: blobs, list: lists }
for (const codec of ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI', 'LZ4', 'LZ4_RAW', 'ZSTD']) {
  for (const version of ['V1', 'V2']) {
    arrowRs(`rs-${codec}-${version}.parquet`, everything, (b) =>
      b.setCompression(wasm.Compression[codec]).setWriterVersion(wasm.WriterVersion[version]).setDataPageSizeLimit(2000).setMaxRowGroupSize(150))
  }
}
for (const [name, encoding, column, values] of [
  ['plain', 'PLAIN', 'text', texts],
  ['delta-length', 'DELTA_LENGTH_BYTE_ARRAY', 'text', texts],
  ['delta-bytes', 'DELTA_BYTE_ARRAY', 'sorted', sorted],
  ['delta-bytes-blob', 'DELTA_BYTE_ARRAY', 'blob', blobs],
  ['delta-int', 'DELTA_BINARY_PACKED', 'int', integers],
  ['delta-long', 'DELTA_BINARY_PACKED', 'long', longs],
  ['split-double', 'BYTE_STREAM_SPLIT', 'double', doubles],
  ['rle-flag', 'RLE', 'flag', booleans],
]) {
  if (wasm.Encoding[encoding] === undefined) continue
  for (const version of ['V1', 'V2']) {
    arrowRs(`rs-${name}-${version}.parquet`, { [column]: values }, (b) =>
      b.setDictionaryEnabled(false).setEncoding(wasm.Encoding[encoding]).setWriterVersion(wasm.WriterVersion[version]))
  }
}

// Polars reads a file of arrow-rs, binary column included, and writes it in its own way. Only its native part is installed: the package
// around it asks for parts for other systems as well.
const written = join(folder, 'rs-UNCOMPRESSED-V1.parquet')
function polarsFile(file, write) {
  write(join(folder, file))
  for (const [column, values] of Object.entries(everything)) {
    console.log(JSON.stringify({ file, column, texts: values.map(column === 'list' ? spellList : spell) }))
  }
}
for (const codec of ['uncompressed', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4']) {
  polarsFile(`pl-${codec}.parquet`, (path) => polars.readParquet(written, {}, 'auto').writeParquet(path, codec))
  const options = { compression: codec, rowGroupSize: 90, dataPageSize: 1000, statistics: codec === 'zstd', syncOnClose: 'none', maintainOrder: true, mkdir: false }
  polarsFile(`pl-stream-${codec}.parquet`, (path) => polars.scanParquet(written, { parallel: 'auto' }).sinkParquet(path, options).collectSync('streaming'))
}

function hyparquet(file, columnData, expected, options = {}) {
  emit(file, parquetWriteBuffer({ columnData, ...options }), expected)
}

for (const codec of ['UNCOMPRESSED', 'SNAPPY']) {
  hyparquet(`hy-${codec}.parquet`, [
    { name: 'text', data: texts, type: 'STRING' }, { name: 'int', data: integers, type: 'INT32' }, { name: 'long', data: longs, type: 'INT64' },
    { name: 'double', data: doubles, type: 'DOUBLE' }, { name: 'flag', data: booleans, type: 'BOOLEAN' }, { name: 'blob', data: blobs, type: 'BYTE_ARRAY' },
  ], { text: texts, int: integers, long: longs, double: doubles, flag: booleans, blob: blobs }, { codec, rowGroupSize: [10, 150], pageSize: 1500 })
}
for (const [name, encoding, type, values] of [
  ['text', 'DELTA_LENGTH_BYTE_ARRAY', 'STRING', texts], ['text', 'DELTA_BYTE_ARRAY', 'STRING', sorted], ['blob', 'DELTA_BYTE_ARRAY', 'BYTE_ARRAY', blobs],
  ['int', 'DELTA_BINARY_PACKED', 'INT32', integers], ['long', 'DELTA_BINARY_PACKED', 'INT64', longs], ['double', 'BYTE_STREAM_SPLIT', 'DOUBLE', doubles],
  ['int', 'BYTE_STREAM_SPLIT', 'INT32', integers], ['long', 'BYTE_STREAM_SPLIT', 'INT64', longs], ['flag', 'RLE', 'BOOLEAN', booleans],
]) {
  hyparquet(`hy-${name}-${encoding}.parquet`, [{ name, data: values, type, encoding }], { [name]: values })
}

// lists in the spellings of other writers
const element = { type: 'BYTE_ARRAY', converted_type: 'UTF8' }
const root = { name: 'root', num_children: 1 }
const group = { name: 'list', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' }
const full = lists.map((l) => l?.filter((e) => e !== null) ?? null)
for (const [name, middle, inner] of [['element', 'list', 'element'], ['item', 'list', 'item'], ['hive', 'bag', 'array_element']]) {
  hyparquet(`hy-list-${name}.parquet`, [{ name: 'list', data: lists }], { list: lists },
    { schema: [root, group, { name: middle, repetition_type: 'REPEATED', num_children: 1 }, { name: inner, repetition_type: 'OPTIONAL', ...element }] })
}
console.error(`${full.length} rows a file`)
