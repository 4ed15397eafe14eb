import { encodePayload } from "@stationkit/core-protocol";

console.log(encodePayload("größe").length); // 7
console.log(encodePayload({ id: 1 }).length); // 8
console.log(encodePayload(new Uint8Array([1, 2, 3])).length); // 3
