// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0
//
// Reads scripts, each a line with a string of JSON, and writes for each a line with
// what the grammar makes of it: see Tree in grammar.go.

"use strict";

const { createHash } = require("node:crypto");
const readline = require("node:readline");
const { Language, Parser } = require("web-tree-sitter");

async function main() {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(require.resolve("tree-sitter-powershell/tree-sitter-powershell.wasm")));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const tree = parser.parse(JSON.parse(line));
    const root = tree.rootNode;
    console.log(JSON.stringify({
      Shape: createHash("sha256").update(root.toString()).digest("hex"),
      Strings: root.descendantsOfType("verbatim_string_characters").map((node) => node.text),
      Errors: root.hasError ? errors(root) : [],
    }));
    tree.delete();
  }
}

function errors(node) {
  const inside = node.children.filter((child) => child.hasError || child.isMissing).flatMap(errors);
  if (!node.isError && !node.isMissing) {
    return inside;
  }
  return [`line ${node.startPosition.row + 1}, column ${node.startPosition.column + 1}: ${node.toString().slice(0, 200)}`, ...inside];
}

main();
