/** An error ends the program with its message alone: Node would print a megabyte of Pyodide's source with it. */
import process from "node:process";

process.on("uncaughtException", (error) => {
  console.error(String(error));
  process.exit(1);
});
