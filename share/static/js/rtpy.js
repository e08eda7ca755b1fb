// Makes pages quicker and kinder; every page works without it.
document.documentElement.classList.add("js");
