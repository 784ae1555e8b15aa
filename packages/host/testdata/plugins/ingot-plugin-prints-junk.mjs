console.log("Welcome to my plugin!");
setInterval(() => {}, 1000);
