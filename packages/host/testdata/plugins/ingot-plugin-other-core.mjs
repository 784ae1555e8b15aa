console.log("2|1|unix|/tmp/nothing|grpc|");
setInterval(() => {}, 1000);
