import {
  finalSubject,
  parseStationName,
  partitionStream,
  streamSubjects,
  tryParsePartitionStream,
} from "@stationkit/core-protocol";

const station = parseStationName("Orders.EU");
const stream = partitionStream(station, 2);

console.log(station); // orders.eu
console.log(stream); // orders#eu$2
console.log(streamSubjects(stream)); // orders#eu$2.>
console.log(finalSubject(stream)); // orders#eu$2.final
console.log(JSON.stringify(tryParsePartitionStream("orders#eu$2"))); // {"station":"orders.eu","partition":2}
console.log(tryParsePartitionStream("KV_settings")); // undefined
