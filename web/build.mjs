// Bundles the desk's scripts and styles into the directory given, with their content in their names, and writes
// manifest.json: which file is which. Nothing is fetched at run time.
import { build } from "esbuild";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

const out = resolve(process.argv[2] ?? "../src/passerelle/desk/static");
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const result = await build({
  entryPoints: ["src/desk.js", "src/calendar.js", "src/contacts.js", "src/paper.js", "src/worker.js", "src/desk.css", "src/paper.css", "src/icon.svg"],
  outdir: out,
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: ["es2022", "safari16"],
  // styles inside scripts would need 'unsafe-inline': the calendar's come as a file of their own
  loader: { ".svg": "copy" },
  legalComments: "linked",
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const [path, { entryPoint, cssBundle }] of Object.entries(result.metafile.outputs)) {
  if (!entryPoint) continue;
  manifest[basename(entryPoint)] = basename(path);
  if (cssBundle) manifest[basename(entryPoint, ".js") + ".css"] = basename(cssBundle);
}
await writeFile(join(out, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
const names = await readdir(out);
console.log(`web: ${names.length} files`);
