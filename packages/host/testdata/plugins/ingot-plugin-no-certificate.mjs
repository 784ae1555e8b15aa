console.log("1|1|tcp|127.0.0.1:10000|grpc|");
setInterval(() => {}, 1000);
