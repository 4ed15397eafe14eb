import {
  decodeProducerCreationReply,
  decodeStationCreation,
  encodeStationCreation,
} from "@stationkit/core-protocol/control";

const request = encodeStationCreation({ stationName: "orders", partitionsNumber: 4, username: "root" });
console.log(decodeStationCreation(request).replicas); // 1

const reply = decodeProducerCreationReply(new TextEncoder().encode("user root does not exist"));
console.log(reply.error); // user root does not exist
